// The geodesic problems on the CGCS2000 ellipsoid by Vincenty's formulae (Survey
// Review 23, 1975), good to about 0.1 mm wherever they converge, which is everywhere but
// for points nearly opposite on the globe.

import type { LngLat } from "../api/types.ts";

const A = 6378137;
const F = 1 / 298.257222101;
const B = A * (1 - F);

/** The length in metres of the shortest line between two positions; NaN if antipodal. */
export function distance([lng1, lat1]: LngLat, [lng2, lat2]: LngLat): number {
  if (lng1 === lng2 && lat1 === lat2) return 0;
  const rad = Math.PI / 180;
  const u1 = Math.atan((1 - F) * Math.tan(lat1 * rad));
  const u2 = Math.atan((1 - F) * Math.tan(lat2 * rad));
  const [sinU1, cosU1, sinU2, cosU2] = [Math.sin(u1), Math.cos(u1), Math.sin(u2), Math.cos(u2)];
  const l = (lng2 - lng1) * rad;
  let lambda = l;
  for (let i = 0; i < 200; i++) {
    const sinL = Math.sin(lambda);
    const cosL = Math.cos(lambda);
    const sinS = Math.hypot(cosU2 * sinL, cosU1 * sinU2 - sinU1 * cosU2 * cosL);
    if (sinS === 0) return 0;
    const cosS = sinU1 * sinU2 + cosU1 * cosU2 * cosL;
    const sigma = Math.atan2(sinS, cosS);
    const sinAlpha = (cosU1 * cosU2 * sinL) / sinS;
    const cos2Alpha = 1 - sinAlpha * sinAlpha;
    const cos2M = cos2Alpha === 0 ? 0 : cosS - (2 * sinU1 * sinU2) / cos2Alpha;
    const c = (F / 16) * cos2Alpha * (4 + F * (4 - 3 * cos2Alpha));
    const before = lambda;
    lambda =
      l +
      (1 - c) * F * sinAlpha * (sigma + c * sinS * (cos2M + c * cosS * (-1 + 2 * cos2M * cos2M)));
    if (Math.abs(lambda - before) < 1e-12) return length(sigma, sinS, cosS, cos2M, cos2Alpha);
  }
  return Number.NaN;
}

function length(sigma: number, sinS: number, cosS: number, cos2M: number, cos2A: number): number {
  const u = (cos2A * (A * A - B * B)) / (B * B);
  const a = 1 + (u / 16384) * (4096 + u * (-768 + u * (320 - 175 * u)));
  const b = (u / 1024) * (256 + u * (-128 + u * (74 - 47 * u)));
  const inner =
    cosS * (-1 + 2 * cos2M * cos2M) -
    (b / 6) * cos2M * (-3 + 4 * sinS * sinS) * (-3 + 4 * cos2M * cos2M);
  const delta = b * sinS * (cos2M + (b / 4) * inner);
  return B * a * (sigma - delta);
}

/** The position some metres from another in a direction, in degrees clockwise from north. */
export function destination([lng, lat]: LngLat, azimuth: number, metres: number): LngLat {
  const rad = Math.PI / 180;
  const [sin1, cos1] = [Math.sin(azimuth * rad), Math.cos(azimuth * rad)];
  const tanU = (1 - F) * Math.tan(lat * rad);
  const cosU = 1 / Math.hypot(1, tanU);
  const sinU = tanU * cosU;
  const sigma1 = Math.atan2(tanU, cos1);
  const sinA = cosU * sin1;
  const cos2A = 1 - sinA * sinA;
  const u = (cos2A * (A * A - B * B)) / (B * B);
  const a = 1 + (u / 16384) * (4096 + u * (-768 + u * (320 - 175 * u)));
  const b = (u / 1024) * (256 + u * (-128 + u * (74 - 47 * u)));
  let sigma = metres / (B * a);
  let [sin, cos, cosM] = [0, 0, 0];
  for (let i = 0; i < 100; i++) {
    [sin, cos, cosM] = [Math.sin(sigma), Math.cos(sigma), Math.cos(2 * sigma1 + sigma)];
    const inner =
      cos * (-1 + 2 * cosM * cosM) - (b / 6) * cosM * (-3 + 4 * sin * sin) * (-3 + 4 * cosM * cosM);
    const next = metres / (B * a) + b * sin * (cosM + (b / 4) * inner);
    if (Math.abs(next - sigma) < 1e-13) break;
    sigma = next;
  }
  const back = sinU * sin - cosU * cos * cos1;
  const phi = Math.atan2(sinU * cos + cosU * sin * cos1, (1 - F) * Math.hypot(sinA, back));
  const lambda = Math.atan2(sin * sin1, cosU * cos - sinU * sin * cos1);
  const c = (F / 16) * cos2A * (4 + F * (4 - 3 * cos2A));
  const l =
    lambda - (1 - c) * F * sinA * (sigma + c * sin * (cosM + c * cos * (-1 + 2 * cosM * cosM)));
  return [lng + l / rad, phi / rad];
}

/** The length in metres of a line through all the positions. */
export function pathLength(path: readonly LngLat[]): number {
  let sum = 0;
  for (let i = 1; i < path.length; i++) {
    sum += distance(path[i - 1] as LngLat, path[i] as LngLat);
  }
  return sum;
}
