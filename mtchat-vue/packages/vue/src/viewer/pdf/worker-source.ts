// A chunk of its own that holds a program as text. It must be put in by the library's build: no host's bundler knows `?raw`.
export { default } from "pdfjs-dist/legacy/build/pdf.worker.min.mjs?raw";
