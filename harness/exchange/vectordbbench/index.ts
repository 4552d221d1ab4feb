/** A run as a VectorDBBench result file. */
export { vectorDbBenchFile, vectorDbBenchOf } from './result.ts'
