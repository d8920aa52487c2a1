import type en from './texts.en'

export default {
  title: 'Maru 정보',
  text: '내 서버에서 쓰는 실시간 채팅이에요.',
  version: '버전 {version}',
  noVersion: '지금은 서버 버전을 알 수 없어요.',
  forPrograms: '개발자용',
  api: 'API 문서 (OpenAPI)',
  keys: '키보드 단축키',
  licences: '라이선스',
  licencesText: '이 클라이언트는 다음 소프트웨어로 만들었어요. 만든 모든 분께 고마워요.',
  licencesFailed: '라이선스를 불러오지 못했어요.',
  own: 'Maru는 MIT 라이선스를 따라요.',
} satisfies typeof en
