import { mount, type ComponentMountingOptions } from "@vue/test-utils";
import PrimeVue from "primevue/config";
import type { Component } from "vue";

/** Mount an adapter in a page of a host that has installed PrimeVue. */
export function mountPrime(component: Component, options: ComponentMountingOptions<Component> = {}) {
    // What PrimeVue asks of browsers and happy-dom does not have.
    window.matchMedia ??= (() => ({ matches: false, addEventListener() {}, removeEventListener() {} })) as unknown as typeof window.matchMedia;
    return mount(component, {
        attachTo: document.body,
        ...options,
        global: { plugins: [PrimeVue], stubs: { transition: false }, ...options.global },
    });
}
