// Gauss–Krüger on the CGCS2000 ellipsoid (GB 22021-2008: a = 6378137 m, 1/f = 298.257222101),
// by Krüger's series in the third flattening n to the sixth order (Karney 2011, "Transverse
// Mercator with an accuracy of a few nanometers", equations 35 and 36).

const A = 6378137;
const F = 1 / 298.257222101;
const N = F / (2 - F);
const E = Math.sqrt(F * (2 - F));

// The radius of the circle that is as long as a meridian.
const RADIUS = (A / (1 + N)) * (1 + N ** 2 / 4 + N ** 4 / 64 + N ** 6 / 256);

const ALPHA = [
  N / 2 -
    (2 / 3) * N ** 2 +
    (5 / 16) * N ** 3 +
    (41 / 180) * N ** 4 -
    (127 / 288) * N ** 5 +
    (7891 / 37800) * N ** 6,
  (13 / 48) * N ** 2 -
    (3 / 5) * N ** 3 +
    (557 / 1440) * N ** 4 +
    (281 / 630) * N ** 5 -
    (1983433 / 1935360) * N ** 6,
  (61 / 240) * N ** 3 -
    (103 / 140) * N ** 4 +
    (15061 / 26880) * N ** 5 +
    (167603 / 181440) * N ** 6,
  (49561 / 161280) * N ** 4 - (179 / 168) * N ** 5 + (6601661 / 7257600) * N ** 6,
  (34729 / 80640) * N ** 5 - (3418889 / 1995840) * N ** 6,
  (212378941 / 319334400) * N ** 6,
];

const BETA = [
  N / 2 -
    (2 / 3) * N ** 2 +
    (37 / 96) * N ** 3 -
    (1 / 360) * N ** 4 -
    (81 / 512) * N ** 5 +
    (96199 / 604800) * N ** 6,
  (1 / 48) * N ** 2 +
    (1 / 15) * N ** 3 -
    (437 / 1440) * N ** 4 +
    (46 / 105) * N ** 5 -
    (1118711 / 3870720) * N ** 6,
  (17 / 480) * N ** 3 - (37 / 840) * N ** 4 - (209 / 4480) * N ** 5 + (5569 / 90720) * N ** 6,
  (4397 / 161280) * N ** 4 - (11 / 504) * N ** 5 - (830251 / 7257600) * N ** 6,
  (4583 / 161280) * N ** 5 - (108847 / 3991680) * N ** 6,
  (20648693 / 638668800) * N ** 6,
];

/** A projected position in metres. Survey custom calls northing X and easting Y. */
export interface Grid {
  easting: number;
  northing: number;
}

/** The false easting of EPSG 4549 and 4550; no zone prefix. */
export const FALSE_EASTING = 500000;

/**
 * Projects degrees to metres on the given central meridian (120 for EPSG:4549, 123 for
 * EPSG:4550). Good to far below a millimetre within 20 degrees of the meridian.
 */
export function project(lng: number, lat: number, meridian: number): Grid {
  const phi = (lat * Math.PI) / 180;
  const lambda = ((lng - meridian) * Math.PI) / 180;
  const sin = Math.sin(phi);
  const t = Math.sinh(Math.atanh(sin) - E * Math.atanh(E * sin));
  const xi = Math.atan2(t, Math.cos(lambda));
  const eta = Math.asinh(Math.sin(lambda) / Math.hypot(t, Math.cos(lambda)));
  let x = xi;
  let y = eta;
  ALPHA.forEach((a, i) => {
    const k = 2 * (i + 1);
    x += a * Math.sin(k * xi) * Math.cosh(k * eta);
    y += a * Math.cos(k * xi) * Math.sinh(k * eta);
  });
  return { easting: FALSE_EASTING + RADIUS * y, northing: RADIUS * x };
}

/** The inverse of project: longitude and latitude in degrees. */
export function unproject({ easting, northing }: Grid, meridian: number): [number, number] {
  const x = northing / RADIUS;
  const y = (easting - FALSE_EASTING) / RADIUS;
  let xi = x;
  let eta = y;
  BETA.forEach((b, i) => {
    const k = 2 * (i + 1);
    xi -= b * Math.sin(k * x) * Math.cosh(k * y);
    eta -= b * Math.cos(k * x) * Math.sinh(k * y);
  });
  const t = Math.sin(xi) / Math.hypot(Math.sinh(eta), Math.cos(xi));
  // From the conformal latitude to the geographic one by Newton's method (equations 19 to 21).
  let tau = t;
  for (let i = 0; i < 6; i++) {
    const sigma = Math.sinh(E * Math.atanh((E * tau) / Math.hypot(1, tau)));
    const guess = tau * Math.hypot(1, sigma) - sigma * Math.hypot(1, tau);
    const slope = ((t - guess) / Math.hypot(1, guess)) * (1 + (1 - E * E) * tau * tau);
    const step = slope / ((1 - E * E) * Math.hypot(1, tau));
    tau += step;
    if (Math.abs(step) < 1e-14) break;
  }
  const lambda = Math.atan2(Math.sinh(eta), Math.cos(xi));
  return [meridian + (lambda * 180) / Math.PI, (Math.atan(tau) * 180) / Math.PI];
}
