/** So long after the last step a scroll is over. */
const OVER = 150;

/**
 * When scrolling is over. On iPhones and iPads a scroll that a finger has started goes on by itself, and ends at once, or somewhere else, when the
 * page sets another place meanwhile. So there the rows are moved instead, by `held` pixels, and the place is set when nothing moves any more.
 */
export class Momentum {
    /** Pixels that rows are further up than they should be. */
    held = 0;
    private isMoving = false;
    private isTouched = false;
    private timer: ReturnType<typeof setTimeout> | undefined;
    private element: HTMLElement | null = null;

    constructor(private readonly over: () => void) {}

    /** Hear of fingers on an element; `null`: of nothing any more. */
    listen(element: HTMLElement | null): void {
        for (const name of TOUCHES) this.element?.removeEventListener(name, this.touched);
        clearTimeout(this.timer);
        this.held = 0;
        this.isMoving = this.isTouched = false;
        this.element = element;
        if (hasMomentum()) for (const name of TOUCHES) element?.addEventListener(name, this.touched, { passive: true });
    }

    moved(): void {
        this.isMoving = true;
        this.start();
    }

    /** Keep a step for later; `false`: it can be done now. */
    hold(step: number): boolean {
        if (!hasMomentum() || !(this.isMoving || this.isTouched)) return false;
        this.held += step;
        return true;
    }

    /** What was kept. */
    release(): number {
        const { held } = this;
        this.held = 0;
        return held;
    }

    private start(): void {
        clearTimeout(this.timer);
        if (this.isTouched) return;
        this.timer = setTimeout(() => {
            this.isMoving = false;
            this.over();
        }, OVER);
    }

    private readonly touched = (event: TouchEvent): void => {
        this.isTouched = event.touches.length > 0;
        this.start();
    };
}

const TOUCHES = ["touchstart", "touchend", "touchcancel"] as const;

function hasMomentum(): boolean {
    // An iPad says that it is a Mac.
    return /iP(?:hone|ad|od)/u.test(navigator.userAgent) || (navigator.userAgent.includes("Mac") && navigator.maxTouchPoints > 1);
}
