const FILE = "M13.5 3H7a2 2 0 0 0-2 2v14a2 2 0 0 0 2 2h10a2 2 0 0 0 2-2V8.5L13.5 3v5.5H19";
const CIRCLE = "M12 3.5a8.5 8.5 0 1 0 0 17 8.5 8.5 0 0 0 0-17z";
const LENS = "M10.5 4a6.5 6.5 0 1 0 0 13 6.5 6.5 0 0 0 0-13zM15.2 15.2 20 20";
const BELL_HANDLE = "M9.75 20a2.3 2.3 0 0 0 4.5 0";
const PIN = "M8.5 3.5h7M10 3.5v6.2L6.8 13a1.6 1.6 0 0 0-.5 1.2V15.5h11.4v-1.3a1.6 1.6 0 0 0-.5-1.2L14 9.7V3.5M12 15.5V21";
const FRAME = "M5 4h14a2 2 0 0 1 2 2v12a2 2 0 0 1-2 2H5a2 2 0 0 1-2-2V6a2 2 0 0 1 2-2z";

/** Strokes of the icons that are there as soon as a chat is shown, on 24 × 24, drawn with round caps in the colour of the text. */
export const FIRST_PATHS = {
    archive: "M3.5 4.5h17V9h-17zM5 9v8.5a2 2 0 0 0 2 2h10a2 2 0 0 0 2-2V9M10 13h4",
    "arrow-down": "M12 4.5v15M5.5 13l6.5 6.5 6.5-6.5",
    attach: "m20 11.3-8.3 8.3a5.2 5.2 0 0 1-7.4-7.4l8.4-8.3a3.5 3.5 0 0 1 4.9 4.9l-8.4 8.3a1.7 1.7 0 0 1-2.4-2.4l7.7-7.7",
    "bell-off": `M8.6 5.1A6 6 0 0 1 18 10c0 1.7.25 3 .6 4M6.3 8.2A6.3 6.3 0 0 0 6 10c0 4.8-2 6.5-2 6.5h12.5M4 4l16 16${BELL_HANDLE}`,
    check: "m5 12.5 4.7 4.7L19.5 7",
    "check-double": "m2.5 12.8 4.2 4.2L16 7M11.7 16.3l.7.7L21.5 7",
    "chevron-down": "m6 9.5 6 6 6-6",
    "chevron-left": "m14.5 6-6 6 6 6",
    clock: `${CIRCLE}M12 7.5V12l3.2 2`,
    close: "m6 6 12 12M18 6 6 18",
    download: "M12 4v11.5M7 10.5l5 5 5-5M4.5 19.5h15",
    edit: "M4 20l1-4.6L16 4.4a2 2 0 0 1 2.8 0l.8.8a2 2 0 0 1 0 2.8L8.6 19zM14 6.5l3.5 3.5",
    error: `${CIRCLE}M12 7.5v5.3M12 16.2v.05`,
    file: FILE,
    "file-archive": `${FILE}M9.5 3.5v2M9.5 8v2M9.5 12.5v1M8.3 14h2.4v3H8.3z`,
    "file-document": `${FILE}M8.5 12h7M8.5 15h7M8.5 18h4`,
    "file-pdf": `${FILE}M8.3 17.8c2-.9 3.7-3.6 3.7-6.2 0-1.4-1.5-1.4-1.4 0 .1 2.2 2.3 4.2 4.3 4.3 1.3 0 1.2-1.5-.1-1.5-2.3.1-4.7.9-6.3 2.2-1 .9-1 1.6-.2 1.2z`,
    "file-spreadsheet": `${FILE}M8.3 12h7.4v6H8.3zM8.3 15h7.4M12 12v6`,
    filter: "M4 6.5h16M7 12h10M10 17.5h4",
    image: `${FRAME}M8.5 8a1.5 1.5 0 1 0 0 3 1.5 1.5 0 0 0 0-3zM21 15.5l-4.6-4.6a1.5 1.5 0 0 0-2.1 0L5.5 19.7`,
    info: `${CIRCLE}M12 11v5.5M12 7.7v.05`,
    lock: "M7 10.5h10a2 2 0 0 1 2 2V18a2 2 0 0 1-2 2H7a2 2 0 0 1-2-2v-5.5a2 2 0 0 1 2-2zM8 10.5V7.8a4 4 0 0 1 8 0v2.7M12 14.5v1.5",
    "more-horizontal": "M5 11.3a.7.7 0 1 0 0 1.4.7.7 0 0 0 0-1.4zM12 11.3a.7.7 0 1 0 0 1.4.7.7 0 0 0 0-1.4zM19 11.3a.7.7 0 1 0 0 1.4.7.7 0 0 0 0-1.4z",
    "more-vertical": "M12 4.3a.7.7 0 1 0 0 1.4.7.7 0 0 0 0-1.4zM12 11.3a.7.7 0 1 0 0 1.4.7.7 0 0 0 0-1.4zM12 18.3a.7.7 0 1 0 0 1.4.7.7 0 0 0 0-1.4z",
    pin: PIN,
    plus: "M12 5v14M5 12h14",
    reply: "M9.5 6 4 11.5 9.5 17M4 11.5h9.5a6.5 6.5 0 0 1 6.5 6.5v.5",
    search: LENS,
    send: "M20.5 3.5 3.5 10l7 3.5 3.5 7zM10.5 13.5l4-4",
    smile: `${CIRCLE}M8.3 14.2a4.4 4.4 0 0 0 7.4 0M9 9.5v.3M15 9.5v.3`,
    users: "M9 4.5a3.5 3.5 0 1 0 0 7 3.5 3.5 0 0 0 0-7zM2.5 19.5v-.5a5 5 0 0 1 5-5h3a5 5 0 0 1 5 5v.5M15.5 4.7a3.5 3.5 0 0 1 0 6.6M17.5 14.2a5 5 0 0 1 4 4.8v.5",
    "x-circle": `${CIRCLE}M9 9l6 6M15 9l-6 6`,
} as const satisfies Record<string, string>;
