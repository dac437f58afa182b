/** The `user-agent` of requests to chats, webhooks and heartbeats. */
export const USER_AGENT = 'dcs-migration-watch';
