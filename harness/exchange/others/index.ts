/** Results that others measured, read from their files. */
export { readOthers } from './read.ts'
