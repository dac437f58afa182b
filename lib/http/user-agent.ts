/** How requests to chats, webhooks and heartbeats name their sender. */
export const USER_AGENT = 'dcs-migration-watch';
