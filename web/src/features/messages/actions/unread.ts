import { shallowRef } from 'vue'

/**
 * The message from which on the person marked the room as unread. What is on the screen counts as read otherwise, and would undo it:
 * the list of messages reports nothing of this room until the person leaves it or writes.
 */
export const markedUnread = shallowRef<{ roomId: number; seq: number }>()
