/** Where a host serves parts of `pdfjs-dist` that are too large to come along; each address ends with `/`. */
export interface PdfAssets {
    /** `pdfjs-dist/cmaps/`: texts of documents, mostly Chinese, Japanese and Korean, that bring no character maps. */
    cMapUrl?: string;
    /** `pdfjs-dist/standard_fonts/`: documents without their fonts look the same everywhere. */
    standardFontDataUrl?: string;
    /** `pdfjs-dist/wasm/`: pictures in JPEG 2000 and JBIG2. */
    wasmUrl?: string;
}

let assets: PdfAssets = {};

/** Say where they are. Without them documents open all the same, and some signs or pictures may be missing. */
export function setPdfAssets(next: PdfAssets): void {
    assets = { ...next };
}

export function pdfAssets(): PdfAssets {
    return assets;
}
