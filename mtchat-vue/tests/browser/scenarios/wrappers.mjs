export default async function play(stage) {
    const anna = stage.person({ id: "anna", name: "Anna Schmidt", company: "Northwind Freight" });
    const jonas = stage.person({ id: "jonas", name: "Jonas Weber", company: "Altona Logistik", edge: 1 });
    const id = await stage.host.create({ object: ["order", "1042"], title: "Order 1042", people: [anna, jonas] });
    await anna.says(id, "first");
    const a = await anna.opens();
    await a.open("Order 1042");
    await a.sees("first");
    await a.send("hello there");
    const j = await jonas.opens();
    await j.open("Order 1042");
    await j.sees("hello there");
    if (process.env.MTCHAT_SHOTS) await stage.shoot("ok");
}
