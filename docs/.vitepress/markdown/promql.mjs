// Enough of Prometheus's language to colour it: none comes along with the highlighter.

export const promql = {
    name: "promql",
    scopeName: "source.promql",
    patterns: [
        { name: "comment.line.number-sign", match: "#.*$" },
        { name: "string.quoted.double", begin: '"', end: '"', patterns: [{ name: "constant.character.escape", match: "\\\\." }] },
        { name: "constant.numeric", match: "\\b\\d+(?:\\.\\d+)?(?:ms|s|m|h|d|w|y)?\\b" },
        { name: "keyword.control", match: "\\b(?:by|without|on|ignoring|group_left|group_right|and|or|unless|offset|bool)\\b" },
        { name: "entity.name.function", match: "\\b[a-z_]+(?=\\s*\\()" },
        { name: "variable.other", match: "\\b[a-zA-Z_:][a-zA-Z0-9_:]*\\b" },
        { name: "keyword.operator", match: "[=!~<>+*/%^-]+" },
    ],
};
