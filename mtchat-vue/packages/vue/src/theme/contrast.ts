/** Contrast of two colours as WCAG 2.1 defines it, for tests of themes: `#rrggbb` or `rgb(r g b / a%)`, the latter laid over `under`. */
export function contrast(text: string, background: string): number {
    const [lighter, darker] = [luminance(parse(text)), luminance(parse(background))].sort((a, b) => b - a) as [number, number];
    return (lighter + 0.05) / (darker + 0.05);
}

/** The colour that is seen when `top`, which may be translucent, lies over `under`. */
export function over(top: string, under: string): string {
    const [front, back] = [parse(top), parse(under)];
    const channels = [0, 1, 2].map((i) => Math.round(front[i]! * front[3] + back[i]! * (1 - front[3])));
    return `#${channels.map((channel) => channel.toString(16).padStart(2, "0")).join("")}`;
}

type Rgba = [red: number, green: number, blue: number, alpha: number];

function parse(colour: string): Rgba {
    const hex = /^#([0-9a-f]{2})([0-9a-f]{2})([0-9a-f]{2})$/i.exec(colour);
    if (hex) return [...hex.slice(1).map((channel) => Number.parseInt(channel, 16)), 1] as Rgba;
    const rgb = /^rgb\((\d+) (\d+) (\d+)(?: \/ (\d+)%)?\)$/.exec(colour);
    if (!rgb) throw new Error(`no colour that this reads: ${colour}`);
    return [Number(rgb[1]), Number(rgb[2]), Number(rgb[3]), Number(rgb[4] ?? 100) / 100];
}

function luminance([red, green, blue]: Rgba): number {
    const [r, g, b] = [red, green, blue].map((channel) => {
        const share = channel / 255;
        return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
    }) as [number, number, number];
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}
