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

/** Put styles into a root, once. They come before the host's, so that those win. */
export function installStyles(css: string, root: StyleRoot, options: InstallOptions = {}): void {
    const name = options.name ?? "chat";
    if (adopted.get(root)?.has(name) || root.querySelector(`style[${MARK}="${name}"]`) !== null) return;
    const page = root.nodeType === Node.DOCUMENT_NODE ? (root as Document) : root.ownerDocument!;
    const style = page.createElement("style");
    style.setAttribute(MARK, name);
    const nonce = options.nonce ?? nonceOf(page);
    if (nonce) style.setAttribute("nonce", nonce);
    style.textContent = css;
    const parent = root === page ? page.head : root;
    parent.insertBefore(style, parent.firstChild);
    if (!style.isConnected || style.sheet !== null || !("adoptedStyleSheets" in root)) return;
    // A policy forbade the element; a constructed sheet is not inline, and so is allowed.
    style.remove();
    adopt(css, root);
    adopted.set(root, (adopted.get(root) ?? new Set()).add(name));
}

/** Remember the package's styles, and put them into the page when there is one. Called by the entries that carry styles. */
export function registerStyles(css: string): void {
    registered = css;
    if (typeof document !== "undefined") installStyles(css, document);
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

function adopt(css: string, root: StyleRoot): void {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(css);
    root.adoptedStyleSheets = [sheet, ...root.adoptedStyleSheets];
}
