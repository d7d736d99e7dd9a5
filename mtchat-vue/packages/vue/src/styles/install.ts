import { onIdle } from "../lazy/idle.js";

/** Where styles can be put: a page, or the shadow root that a chat lives in. */
export type StyleRoot = Document | ShadowRoot;

export interface InstallOptions {
    /** For a content security policy without `'unsafe-inline'`. By default that of `<meta property="csp-nonce" nonce="…">`. */
    nonce?: string;
    /** Whose styles they are: each name is put in once. Default: those of the chat. */
    name?: string;
}

const MARK = "data-mtchat-styles";
/** What roots have without an element of ours: their policy did not allow it. */
const adopted = new WeakMap<StyleRoot, Set<string>>();
let registered: string | null = null;

/** The name of the chat's own styles, and of those of its parts that are not shown at first. */
const [CHAT, LATER] = ["chat", "chat-later"];
let loadLater: (() => Promise<string>) | null = null;
let later: Promise<string> | null = null;
/** Roots that have the chat's styles. */
const roots = new Set<WeakRef<StyleRoot>>();

/** Put styles into a root, once. They come before the host's, so that those win. */
export function installStyles(css: string, root: StyleRoot, options: InstallOptions = {}): void {
    const name = options.name ?? CHAT;
    if (adopted.get(root)?.has(name) || root.querySelector(`style[${MARK}="${name}"]`) !== null) return;
    put(css, root, name, options.nonce);
    if (name !== CHAT) return;
    roots.add(new WeakRef(root));
    void later?.then((more) => putLater(more, root)).catch(() => undefined);
}

function put(css: string, root: StyleRoot, name: string, wanted: string | undefined): void {
    const page = root.nodeType === Node.DOCUMENT_NODE ? (root as Document) : root.ownerDocument!;
    const style = page.createElement("style");
    style.setAttribute(MARK, name);
    const nonce = wanted ?? nonceOf(page);
    if (nonce) style.setAttribute("nonce", nonce);
    style.textContent = css;
    const parent = root === page ? page.head : root;
    const first = name === LATER ? root.querySelector<HTMLStyleElement>(`style[${MARK}="${CHAT}"]`) : null;
    if (first?.nonce && !nonce) style.nonce = first.nonce;
    if (first !== null) first.after(style);
    else parent.insertBefore(style, parent.firstChild);
    if (!style.isConnected || style.sheet !== null || !("adoptedStyleSheets" in root)) return;
    // A policy forbade the element; a constructed sheet is not inline, and so is allowed.
    style.remove();
    adopt(css, root, name === LATER ? 1 : 0);
    adopted.set(root, (adopted.get(root) ?? new Set()).add(name));
}

/** Remember the package's styles, and put them into the page when there is one. Called by the entries that carry styles. */
export function registerStyles(css: string): void {
    registered = css;
    if (typeof document !== "undefined") installStyles(css, document);
}

/** Remember where the styles come from that nothing needs at first. */
export function registerLaterStyles(load: () => Promise<string>): void {
    loadLater = load;
    onIdle(laterStyles);
}

/** The rest of the styles, wherever the chat's are. Parts that need them wait for this. Nothing where the host has all styles itself. */
export async function laterStyles(): Promise<void> {
    if (loadLater === null) return;
    later ??= loadLater();
    try {
        const css = await later;
        for (const reference of roots) {
            const root = reference.deref();
            if (root === undefined) roots.delete(reference);
            else putLater(css, root);
        }
    } catch (error) {
        later = null;
        throw error;
    }
}

function putLater(css: string, root: StyleRoot): void {
    if (adopted.get(root)?.has(LATER) || root.querySelector(`style[${MARK}="${LATER}"]`) !== null) return;
    put(css, root, LATER, undefined);
}

/** See to the styles of where an element is, when the entry in use carries any. A page has them by then; this is for shadow roots of hosts. */
export function ensureStyles(element: Element): void {
    const root = element.getRootNode();
    if (registered !== null && typeof ShadowRoot !== "undefined" && root instanceof ShadowRoot) installStyles(registered, root);
}

function nonceOf(page: Document): string | undefined {
    const meta = page.querySelector<HTMLMetaElement>('meta[property="csp-nonce"], meta[name="csp-nonce"]');
    return meta?.nonce || meta?.getAttribute("nonce") || meta?.getAttribute("content") || undefined;
}

function adopt(css: string, root: StyleRoot, place: number): void {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(css);
    root.adoptedStyleSheets = root.adoptedStyleSheets.toSpliced(place, 0, sheet);
}
