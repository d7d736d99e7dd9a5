import { type FunctionalComponent, h, type VNodeChild } from "vue";
import type { SafeNode } from "./nodes.js";

/**
 * What a user wrote, in the page: made of nodes, never of HTML. Mentions of oneself (`me`) stand out, and code that scrolls can be scrolled by keys.
 */
export const RichText: FunctionalComponent<{ nodes: readonly SafeNode[]; me?: string }> = ({ nodes, me }) => {
    const child = (node: SafeNode): VNodeChild => {
        if (typeof node === "string") return node;
        const { tag, attributes, children } = node;
        const more = tag === "pre" ? { tabindex: 0 } : attributes["data-id"] !== undefined && attributes["data-id"] === me ? { "data-me": "true" } : {};
        return h(tag, { ...attributes, ...more }, children.map(child));
    };
    return h("div", nodes.map(child));
};
RichText.props = ["nodes", "me"];
