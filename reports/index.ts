export type { ReportInput } from './input.ts'
export { markdown } from './markdown.ts'
export { book, page } from './page.ts'
export { standaloneEcdf } from './standalone.ts'
