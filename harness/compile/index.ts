/** scenario × dataset × seed → trace: the only place where chance and the scenario's meaning meet. */
export { compile } from './compile.ts'
export { describeTrace } from './describe.ts'
export { hashTrace, type Sha256 } from './hash.ts'
export { loadScenario } from './load.ts'
export { isRate } from './quantity.ts'
export * from './runbook/index.ts'
export { scenarioJsonSchema } from './schema.ts'
