// Anchors as GitHub makes them: documents are read in both places, and their links must lead to the same heading.

/** The anchor of a heading. */
export function slugify(heading) {
    return heading
        .trim()
        .toLowerCase()
        .replace(/[^\p{L}\p{M}\p{N}\p{Pc}\- ]/gu, "")
        .replaceAll(" ", "-");
}
