import { MTChatClient, type MTChatConfig } from "@mtchat/vue";

export function listen(config: MTChatConfig): () => void {
    const client = new MTChatClient(config);
    const end = client.on("message.new", (event) => console.info(event.dialog_id));
    client.connect();
    return () => {
        end();
        client.disconnect();
    };
}

export {};
