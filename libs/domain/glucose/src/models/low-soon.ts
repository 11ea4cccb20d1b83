/** Weights of two logistic regressions, written by tools/fit/glucose/glucose-low.ts from the rows of cgm_loop that are not marked `val`. */
interface Weights {
  readonly intercept: number;
  readonly weights: readonly number[];
}

// oxfmt-ignore
export const LOW: Weights = { intercept: -5.6117, weights: [-1.1365, 0.7759, 0.7844, -0.1459, -0.8821, 0.1118, 0.3785, 0.0838, -0.1091, -0.3954, -0.2363, -0.0001, -0.3681, -0.1118, -0.1343, 0.0701, -0.1833, 0.4486, -0.0464, 0.2774, -0.1219, -0.1344, 0.5827, 0.1782, 0.233] };
// oxfmt-ignore
export const URGENT_LOW: Weights = { intercept: -9.2392, weights: [-0.7345, 0.5009, 0.346, -0.0918, -1.0398, 0.2742, 0.0583, 0.2042, -0.2742, 0.3389, -0.1505, 0.3129, 0.031, 0.274, -0.1546, 0.1932, 0.0553, 0.1907, -0.3177, 0.2125, -0.0872, -0.4471, 0.4234, 0.3328, 0.4238] };
