/** The mean of a sample; NaN of none. */
export const mean = (sample: readonly number[]): number =>
  sample.reduce((sum, x) => sum + x, 0) / sample.length

/** How many of the values, sorted ascending, are at most x. */
export const countAtMost = (sorted: Float64Array, x: number): number => {
  let low = 0
  let high = sorted.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if (sorted[middle]! <= x) low = middle + 1
    else high = middle
  }
  return low
}

/** 97.5 % quantiles of Student's t for 1 … 30 degrees of freedom. */
const STUDENT: readonly number[] = [
  12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228, 2.201, 2.179, 2.16, 2.145,
  2.131, 2.12, 2.11, 2.101, 2.093, 2.086, 2.08, 2.074, 2.069, 2.064, 2.06, 2.056, 2.052, 2.048,
  2.045, 2.042,
]

/** 97.5 % quantile of Student's t; beyond the table by the first terms of its expansion in 1/df (Abramowitz and Stegun 26.7.5). */
export const student = (df: number): number =>
  STUDENT[df - 1] ?? 1.959964 + 2.372271 / df + 2.822502 / df ** 2

/** Half the width of the 95 % interval of a mean, from its own sample, by Student's t; Infinity below two values. */
export const halfWidth = (sample: readonly number[]): number => {
  const n = sample.length
  if (n < 2) return Infinity
  const centre = mean(sample)
  const variance = sample.reduce((sum, x) => sum + (x - centre) ** 2, 0) / (n - 1)
  return student(n - 1) * Math.sqrt(variance / n)
}
