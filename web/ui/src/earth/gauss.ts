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
