export default {
  title: 'About Maru',
  text: 'Real-time chat on your own server.',
  version: 'Version {version}',
  noVersion: 'The server does not say its version right now.',
  forPrograms: 'For developers',
  api: 'API description (OpenAPI)',
  keys: 'Keyboard shortcuts',
  licences: 'Licences',
  licencesText: 'This client is built of these parts. Thank you to all who made them.',
  licencesFailed: 'The licences could not be loaded.',
  own: 'Maru itself is under the MIT licence.',
}
