import type en from './texts.en'

export default {
  menu: '{room} 더 보기',
  members: '참여자',
  info: '대화방 정보',
  pins: '고정된 메시지',
  settings: '대화방 설정',
  back: '채팅 목록으로',
  typingOne: '{a} 님이 입력하고 있어요 …',
  typingTwo: '{a} 님과 {b} 님이 입력하고 있어요 …',
  typingMany: '{a} 님 외 {count}명이 입력하고 있어요 …',
  somebody: '누군가',
  thread: '스레드',
  threadOf: '{room}',
  replies: '답글 {count}개',
  noReplies: '아직 답글이 없어요',
  gone: {
    title: '더 이상 볼 수 없는 대화방이에요',
    removed: '나갔거나 내보내졌거나, 대화방이 삭제되었어요.',
    'not-found': '없는 대화방이거나 볼 수 있는 권한이 없어요.',
    other: '대화방을 표시할 수 없어요.',
    back: '내 채팅으로',
    discover: '대화방 찾아보기',
  },
  threadGone: '더 이상 볼 수 없는 메시지예요',
} satisfies typeof en
