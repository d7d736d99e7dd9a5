export { provideRegistry, REGISTRY_KEY, useRegistry, type ComponentRegistry, type PartialRegistry } from "./registry.js";
