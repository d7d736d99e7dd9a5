export const search = {
    label: "Search chats",
    placeholder: "Search by title or company",
    clear: "Clear search",
    searching: "Searching…",
    nothingFound: "Nothing found",
    nothingFoundHint: "No chat fits “{query}”. Try another title or company.",
};
