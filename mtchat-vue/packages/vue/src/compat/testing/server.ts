/** A small server for tests: notes what it is asked, and answers as it is told. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { WebSocket, WebSocketServer } from "ws";

export interface Asked {
    method: string;
    /** As it came over the wire, still encoded. */
    url: string;
    headers: IncomingMessage["headers"];
    body: unknown;
}

export interface Reply {
    status?: number;
    body?: unknown;
    headers?: Record<string, string>;
}

export class TestServer {
    readonly asked: Asked[] = [];
    readonly handshakes: string[] = [];
    readonly frames: Record<string, unknown>[] = [];
    readonly sockets: WebSocket[] = [];
    /** Answers a request; by default with `null` as data. */
    reply: (asked: Asked) => Reply | Promise<Reply> = () => ({ body: { data: null } });
    /** Hears a new socket; by default greets it. */
    greet: (socket: WebSocket, url: string) => void = (socket) => say(socket, { type: "connected", employee_id: "ann" });
    /** Hears a frame; by default answers pings. */
    hear: (socket: WebSocket, frame: Record<string, unknown>) => void = (socket, frame) => {
        if (frame.type === "ping") say(socket, { type: "pong" });
    };
    private readonly upgrades = new WebSocketServer({ noServer: true });

    private constructor(private readonly http: Server) {}

    static async start(): Promise<TestServer> {
        const http = createServer((request, response) => void server.answer(request, response));
        const server = new TestServer(http);
        http.on("upgrade", (request, socket, head) => {
            server.handshakes.push(request.url ?? "");
            server.upgrades.handleUpgrade(request, socket, head, (upgraded) => server.take(upgraded, request.url ?? ""));
        });
        await new Promise<void>((resolve) => http.listen(0, "127.0.0.1", resolve));
        return server;
    }

    get baseUrl(): string {
        return `http://127.0.0.1:${(this.http.address() as AddressInfo).port}`;
    }

    get wsUrl(): string {
        return `${this.baseUrl.replace("http", "ws")}/api/v1/ws`;
    }

    get last(): Asked {
        return this.asked[this.asked.length - 1]!;
    }

    async stop(): Promise<void> {
        for (const socket of this.sockets) socket.terminate();
        this.http.closeAllConnections();
        await new Promise((resolve) => this.http.close(resolve));
    }

    private take(socket: WebSocket, url: string): void {
        this.sockets.push(socket);
        socket.on("message", (data) => {
            const frame = JSON.parse(String(data)) as Record<string, unknown>;
            this.frames.push(frame);
            this.hear(socket, frame);
        });
        this.greet(socket, url);
    }

    private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
        const chunks: Buffer[] = [];
        for await (const chunk of request) chunks.push(chunk as Buffer);
        const text = Buffer.concat(chunks).toString("utf8");
        const isJson = request.headers["content-type"] === "application/json";
        const asked = { method: request.method ?? "", url: request.url ?? "", headers: request.headers, body: isJson ? JSON.parse(text) : text };
        this.asked.push(asked);
        const { status = 200, body, headers = {} } = await this.reply(asked);
        response.writeHead(status, headers).end(typeof body === "string" || body === undefined ? body : JSON.stringify(body));
    }
}

/** Say something to a client. */
export function say(socket: WebSocket, frame: unknown): void {
    socket.send(JSON.stringify(frame));
}

/** The sockets of Node, as those of a browser. */
export const NodeSocket = WebSocket as unknown as new (url: string) => globalThis.WebSocket;
