import { describe, expect, it } from "vitest";
import { readHtml } from "./read.js";

/** All that is told, in one line: `text`, `<tag attributes`, `/tag`. */
function told(html: string): string {
    const said: string[] = [];
    readHtml(html, {
        text: (text) => said.push(JSON.stringify(text)),
        open: (tag, attributes) => said.push([`<${tag}`, ...[...attributes].map(([name, value]) => `${name}=${JSON.stringify(value)}`)].join(" ")),
        close: (tag) => said.push(`/${tag}`),
    });
    return said.join(" ");
}

describe("reading HTML", () => {
    it.each([
        ["nothing", "", ""],
        ["text", "a b", '"a b"'],
        ["tags", "<p>a<B>b</B></P >", '<p "a" <b "b" /b /p'],
        ["a tag of another name", "<x-a:b.c>d", '<x-a:b.c "d"'],
        ["tags that end in themselves", "a<br/>b<br />c", '"a" <br "b" <br "c"'],
        ["values in all quotes", `<a b="c'" D='e"' f=g h i=>`, `<a b="c'" d="e\\"" f="g" h="" i=""`],
        ["blanks around them", "<a\n b\t= \n'c'\f/ d>", '<a b="c" d=""'],
        ["what is said twice", "<a b=1 B=2>", '<a b="1"'],
        ["ends of tags in values", '<a b="<c>">d', '<a b="<c>" "d"'],
        ["quotes where there is no value", `<a b"c'>d`, `<a b"c'="" "d"`],
        ["slashes between", "<a/b='c'//d=e/>", '<a b="c" d="e/"'],
        ["entities in text and values", '&lt;&amp;lt;<a b="&quot;&#x41;&#66;">', '"<&lt;" <a b="\\"AB"'],
        ["entities that are none", "&copyleft; &zz; & &#; &#xg;", '"&copyleft; &zz; & &#; &#xg;"'],
        ["broken code points", "&#0;&#xd800;&#x110000;", '"\ufffd\ufffd\ufffd"'],
        ["line ends and nothing", "a\r\nb\rc\0d", '"a\\nb\\ncd"'],
        ["a value that has no end", '<a b="c>d', '<a b="" "c="" "d"'],
    ])("tells of %s", (_, html, said) => {
        expect(told(html)).toBe(said);
    });

    it.each([
        ["a comment", "a<!-- <b> -- > -->c"],
        ["a short comment", "a<!-->c"],
        ["a shorter comment", "a<!--->c"],
        ["a comment that ends oddly", "a<!-- <b> --!>c"],
        ["what is nearly a comment", "a<!doctype html><?php <b ?></ b><![CDATA[x>c"],
        ["a script", "a<script>b<b></script >c"],
        ["a style", "a<STYLE x='</style>'></b></Style\n>c"],
        ["a script that another seems to end", "a<script></scripts><b></script/>c"],
        ["what noscript, title, textarea and frames have", "a<noscript><b></noscript><title><b></title><textarea><b></textarea><iframe><b></iframe><noembed><b></noembed>c"],
        ["templates in templates", "a<template><template></template><b></template>c"],
        ["pictures and formulas", "a<svg><svg><style><b></style></svg><a></svg><math><mtext><b></math>c"],
        ["a picture that ends in itself", "a<svg/><math />c"],
    ])("keeps silent about %s", (_, html) => {
        expect(told(html).replace(/"(?: \/\w+)+ "/gu, "").replaceAll('" "', "")).toBe('"ac"');
    });

    it.each([
        ["a comment", "a<!-- b <i>c"],
        ["a script", "a<script>b<i>c"],
        ["a template", "a<template><template></template>b<i>c"],
    ])("keeps silent about all that follows where %s has no end", (_, html) => {
        expect(told(html)).toBe('"a"');
    });

    it.each([
        ["a sign", "1 < 2 > 1 <3 <"],
        ["a tag", "a <b"],
        ["a tag with attributes", "a <b c=d e"],
        ["an end", "a </b"],
        ["an instruction", "a <?b"],
    ])("takes %s that has no end for text", (_, html) => {
        expect(told(html)).toBe(JSON.stringify(html));
    });

    it.each([
        ["<", "<"],
        ["&", "&"],
        ["openings", "<a"],
        ["ends", "</"],
        ["values", '<a b="'],
        ["values of two kinds", `<a b="<a c='`],
        ["equals", "<a = "],
        ["attributes", " a=b"],
        ["slashes", "<a////"],
        ["comments", "<!--"],
        ["dashes", "<!-- --"],
        ["instructions", "<?"],
        ["scripts", "<script>"],
        ["ends of scripts", "<script></scrip"],
        ["templates", "<template>"],
        ["pictures", "<svg><svg></svg>"],
        ["blanks", "<a b= "],
    ])("takes no time to speak of for %s without end", (_, piece) => {
        const begin = performance.now();
        for (const [before, after] of [["", ""], ["", ">"], ["<a ", ""], ["<a ", ">"], ['<a b="', ""], ["", "</"]]) told(before + piece.repeat(100_000 / piece.length) + after);
        expect(performance.now() - begin).toBeLessThan(2_000);
    });
});
