// Who plays: two companies that are in the dialog about an order, each at an edge of its own, and a third one that may join.

/** Their ids are of this run, so that a server may be used for several. */
export function cast(stage) {
    const { run } = stage;
    return {
        anna: stage.person({ id: `anna-${run}`, name: "Anna Schmidt", company: "Northwind Freight", companies: ["northwind"], edge: 0 }),
        jonas: stage.person({ id: `jonas-${run}`, name: "Jonas Weber", company: "Altona Logistik", companies: ["altona"], edge: 1 }),
        maria: stage.person({
            id: `maria-${run}`,
            name: "Maria Rossi",
            company: "Baltic Lines",
            companies: [`baltic-${run}`],
            email: "maria@baltic.example",
            phone: "+371 2000 0000",
            edge: 1,
        }),
    };
}
