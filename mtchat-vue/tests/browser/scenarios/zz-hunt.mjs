import { cast } from "../steps/cast.mjs";
import { choose, png, areUploaded } from "../steps/files.mjs";
import { expect } from "../stage.mjs";
const part = async (name, act) => { const t = Date.now(); try { await act(); console.log("ok  ", name, Date.now() - t); } catch (e) { console.log("FAIL", name, String(e.message).slice(0, 600), (e.stack??"").split("\n").find(l=>l.includes("zz-hunt"))); } };
export default async function play(stage) {
    const { anna, jonas, maria } = cast(stage);
    const id = await stage.host.create({ object: ["order", "1"], title: "First", people: [anna, jonas] });
    await jonas.says(id, "hello");
    const a = await anna.opens();
    await part("phone", async () => {
        const p = await anna.opens({ width: 390, height: 740, device: "phone", hasTouch: true });
        expect(await p.row("First").isVisible(), "list");
        await p.row("First").getByRole("button").first().click();
        await p.timeline.waitFor();
        expect(!(await p.row("First").isVisible()), "no list beside");
        await p.send("from the phone");
        await p.headerAction("About this chat");
        await p.page.getByText("About this chat").first().waitFor();
        await p.fits();
        await p.page.screenshot({ path: "/tmp/p2a/phone-info.png" });
        await p.page.keyboard.press("Escape");
        await p.timeline.waitFor();
        await p.button("Back to the list").click();
        await p.row("First").waitFor();
        await p.page.screenshot({ path: "/tmp/p2a/phone-list.png" });
    });
}
