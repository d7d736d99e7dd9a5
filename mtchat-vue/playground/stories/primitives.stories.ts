import type { Family } from "../src/story.js";
import Buttons from "./primitives/Buttons.vue";
import Choices from "./primitives/Choices.vue";
import Dialogs from "./primitives/Dialogs.vue";
import Groups from "./primitives/Groups.vue";
import Icons from "./primitives/Icons.vue";
import Inputs from "./primitives/Inputs.vue";
import Menus from "./primitives/Menus.vue";
import Signs from "./primitives/Signs.vue";
import "./story.css";

export default {
    title: "Primitives",
    stories: [
        { id: "buttons", title: "Buttons", component: Buttons },
        { id: "inputs", title: "Inputs", component: Inputs },
        { id: "choices", title: "Checkboxes and radio buttons", component: Choices },
        { id: "groups", title: "Tabs and accordion", component: Groups },
        { id: "menus", title: "Menus", component: Menus },
        { id: "dialogs", title: "Dialog", component: Dialogs },
        { id: "signs", title: "Tags, spinners, tooltips", component: Signs },
        { id: "icons", title: "Icons", component: Icons },
    ],
} satisfies Family;
