import { setPdfAssets } from "@mtchat/vue";

setPdfAssets({
    cMapUrl: "/pdfjs/cmaps/",
    standardFontDataUrl: "/pdfjs/standard_fonts/",
    wasmUrl: "/pdfjs/wasm/",
});

export {};
