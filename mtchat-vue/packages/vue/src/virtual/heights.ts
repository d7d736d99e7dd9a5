/** Rows one below the other: how high each is, and where it begins. */
export class Heights {
    private heights: Float64Array = new Float64Array(0);
    /** Where rows begin; after the last one, where it ends. */
    private starts = new Float64Array(1);
    /** Up to here `starts` is right. */
    private summed = 0;

    constructor(
        /** Pixels above the first row. */
        private readonly top: number,
    ) {
        this.starts[0] = top;
    }

    get count(): number {
        return this.heights.length;
    }

    /** Where the last row ends. */
    get end(): number {
        return this.startOf(this.count);
    }

    replace(heights: Float64Array): void {
        this.heights = heights;
        this.starts = new Float64Array(heights.length + 1);
        this.starts[0] = this.top;
        this.summed = 0;
    }

    resize(index: number, height: number): void {
        this.heights[index] = height;
        this.summed = Math.min(this.summed, index);
    }

    heightOf(index: number): number {
        return this.heights[index] ?? 0;
    }

    startOf(index: number): number {
        for (; this.summed < index; this.summed += 1) this.starts[this.summed + 1] = this.starts[this.summed]! + this.heights[this.summed]!;
        return this.starts[index] ?? this.top;
    }

    /** The row at a place: the first above all, the last below; -1: there is none. */
    at(place: number): number {
        let [low, high] = [0, this.count - 1];
        while (low < high) {
            const middle = (low + high + 1) >> 1;
            if (this.startOf(middle) <= place) low = middle;
            else high = middle - 1;
        }
        return high;
    }
}
