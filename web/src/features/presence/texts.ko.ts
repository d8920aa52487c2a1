import type en from './texts.en'

export default {
  online: '접속 중',
  away: '자리 비움',
  offline: '오프라인',
  lastSeen: '{ago} 접속',
} satisfies typeof en
