/** Something that whoever asked is told, with a status. */
export class Problem extends Error {
    /**
     * @param {number} status
     * @param {string} code
     * @param {string} message
     */
    constructor(status, code, message) {
        super(message);
        this.status = status;
        this.code = code;
    }
}

/** @param {string} message */
export const invalid = (message) => new Problem(400, "INVALID_INPUT", message);

/** @param {string} message */
export const notFound = (message) => new Problem(404, "NOT_FOUND", message);
