import type en from './texts.en'

export default {
  title: '기기',
  text: '로그인되어 있는 곳이에요. 모르는 기기가 있으면 로그아웃하고 비밀번호를 바꿔 주세요.',
  here: '지금 이 기기',
  since: '{time} 로그인',
  used: '{time} 마지막 사용',
  until: '쓰지 않으면 {time}까지 로그인',
  end: '로그아웃',
  endOf: '{device} 로그아웃',
  endOthers: '다른 기기 모두 로그아웃',
  endOthersTitle: '다른 기기에서 모두 로그아웃할까요?',
  endOthersText: '지금 이 기기에서만 로그인이 유지돼요.',
  ended: '로그아웃했어요.',
  unknown: '알 수 없는 기기',
  on: '{system}의 {browser}',
} satisfies typeof en
