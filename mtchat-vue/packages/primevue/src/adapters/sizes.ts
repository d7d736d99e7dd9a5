/** Sizes of primitives as PrimeVue calls them; its middle one has no name. */
export const PRIME_SIZE = { sm: "small", md: undefined, lg: "large" } as const;
