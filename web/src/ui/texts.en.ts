export default {
  close: 'Close',
  cancel: 'Cancel',
  back: 'Back',
  save: 'Save',
  retry: 'Try again',
  more: 'Show more',
  loading: 'Loading …',
  deletedUser: 'Deleted user',
  copied: 'Copied',
}
