export default {
  online: 'Online',
  away: 'Away',
  offline: 'Offline',
  lastSeen: 'Last seen {ago}',
}
