import { customRef, type Ref } from "vue";

const PREFIX = "mtchat-demo.";

/** A choice that outlives a reload and is the same in every tab. Where the browser keeps nothing it lives as long as the page. */
export function persisted<T extends string | boolean>(name: string, byDefault: T, isValid: (value: unknown) => boolean = (value) => typeof value === typeof byDefault): Ref<T> {
    const key = PREFIX + name;
    let value = parse(read(key));

    function parse(text: string | null): T {
        try {
            const parsed = text === null ? undefined : JSON.parse(text);
            return isValid(parsed) ? parsed : byDefault;
        } catch {
            return byDefault;
        }
    }

    return customRef((track, trigger) => {
        window.addEventListener("storage", (event) => {
            // `null`: everything was cleared.
            if (event.key !== key && event.key !== null) return;
            value = parse(event.key === null ? null : event.newValue);
            trigger();
        });
        return {
            get() {
                track();
                return value;
            },
            set(next) {
                if (next === value) return;
                value = next;
                write(key, JSON.stringify(next));
                trigger();
            },
        };
    });
}

function read(key: string): string | null {
    try {
        return localStorage.getItem(key);
    } catch {
        return null;
    }
}

function write(key: string, text: string): void {
    try {
        localStorage.setItem(key, text);
    } catch {
        // Full or forbidden: the choice holds for this page.
    }
}
