// What a story does to show what only comes when somebody does something. A story that cannot is told on the console.

/** How long to wait for something that is to come, in milliseconds. */
const PATIENCE = 10_000;

/** An act of a story, played once it stands on the page. */
export type Act = (stage: HTMLElement) => Promise<void>;

/** Wait until something is there, which may also lie over the story. */
export async function found<E extends HTMLElement = HTMLElement>(selector: string): Promise<E> {
    const end = performance.now() + PATIENCE;
    for (;;) {
        const element = document.querySelector<E>(selector);
        if (element !== null) return element;
        if (performance.now() > end) throw new Error(`waited in vain for ${selector}`);
        await new Promise((resolve) => requestAnimationFrame(resolve));
    }
}

/** Press on what these name, one after the other. */
export function press(...selectors: string[]): Act {
    return async () => {
        for (const selector of selectors) (await found(selector)).click();
    };
}

/** Ask for the menu of something. */
export function menuOf(selector: string): Act {
    return async () => {
        const element = await found(selector);
        const { left, top } = element.getBoundingClientRect();
        element.dispatchEvent(new MouseEvent("contextmenu", { bubbles: true, cancelable: true, clientX: left + 80, clientY: top + 24 }));
        await found("[role='menu']");
    };
}

/** Write into a field. */
export function write(selector: string, text: string): Act {
    return async () => {
        const field = await found<HTMLInputElement>(selector);
        field.focus();
        field.value = text;
        field.dispatchEvent(new InputEvent("input", { bubbles: true }));
    };
}

/** Write into the rich editor, once that is there. */
export function writeRich(text: string): Act {
    return async () => {
        const editor = await found("[contenteditable='true']");
        editor.focus();
        document.execCommand("insertText", false, text);
    };
}

/** Wait until something is there. */
export const shown = (selector: string): Act => async () => void (await found(selector));

/** One after the other. */
export function inTurn(...acts: Act[]): Act {
    return async (stage) => {
        for (const act of acts) await act(stage);
    };
}
