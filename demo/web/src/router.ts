import { createRouter, createWebHistory } from "vue-router";
import { takeUserFrom } from "./stores/session.js";

export const router = createRouter({
    history: createWebHistory(),
    routes: [
        { path: "/", redirect: (to) => ({ path: "/admin", query: to.query }) },
        { path: "/admin/:tab?", name: "admin", component: () => import("./pages/AdminPage.vue") },
        { path: "/chat", name: "chat", component: () => import("./pages/ChatPage.vue") },
        { path: "/inline", name: "inline", component: () => import("./pages/InlinePage.vue") },
        { path: "/inline/:objectType/:objectId", name: "object", component: () => import("./pages/InlinePage.vue") },
        { path: "/:rest(.*)*", redirect: "/admin" },
    ],
});

// `?as=emma` says who this window is; from then on the window knows by itself.
router.beforeEach((to) => {
    if (to.query.as === undefined) return true;
    takeUserFrom(to.query.as);
    const { as: _, ...query } = to.query;
    return { path: to.path, query, hash: to.hash, replace: true };
});
