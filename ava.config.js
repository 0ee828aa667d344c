export default {
  files: ['dist/test/**/*.test.js'],
  nodeArguments: ['--enable-source-maps'],
  concurrency: 2,
  timeout: '2m',
}
