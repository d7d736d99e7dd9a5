/**
 * The MTChat client for browsers: {@link createClient}.
 *
 * @packageDocumentation
 */
export { createClient } from "./client.js";
export * from "./exports.js";
