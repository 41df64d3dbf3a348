-- Functions of filters. Each does what its namesake in the program does, in full: no
-- filter makes a statement fail.

-- Arithmetic in double precision; null where there is no finite result.
CREATE FUNCTION onemap.calculate(op text, a double precision, b double precision) RETURNS double precision
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
DECLARE
    size double precision;
BEGIN
    a := CASE WHEN abs(a) < 1e-300 THEN 0 ELSE a END;
    b := CASE WHEN abs(b) < 1e-300 THEN 0 ELSE b END;
    IF abs(a) > 1e300 OR abs(b) > 1e300 THEN
        RETURN NULL;
    ELSIF op = '+' THEN
        RETURN a + b;
    ELSIF op = '-' THEN
        RETURN a - b;
    ELSIF op = '^' AND b = 0 THEN
        RETURN 1;
    ELSIF op IN ('/', '%', 'div') AND b = 0 OR op = '^' AND (a = 0 AND b < 0 OR a < 0 AND b <> floor(b)) THEN
        RETURN NULL;
    ELSIF a = 0 OR b = 0 THEN
        RETURN 0;
    END IF;
    size := CASE op
        WHEN '*' THEN log(abs(a)) + log(abs(b))
        WHEN '^' THEN b * log(abs(a))
        ELSE log(abs(a)) - log(abs(b)) END;
    IF size > 300 THEN
        RETURN NULL;
    ELSIF size < -300 THEN
        RETURN CASE WHEN op = '%' THEN a ELSE 0 END;
    END IF;
    RETURN CASE op
        WHEN '*' THEN a * b
        WHEN '/' THEN a / b
        WHEN '%' THEN a - b * trunc(a / b)
        WHEN 'div' THEN trunc(a / b)
        ELSE power(a, b) END;
END
$$;

-- Text without regard to case, by simple mappings: ß stays, both small sigmas are one.
CREATE FUNCTION onemap.casei(t text) RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$ SELECT lower(upper(t)) $$;

-- Text without combining marks: é is e, ü is u.
CREATE FUNCTION onemap.accenti(t text) RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT normalize(regexp_replace(normalize(t, NFD), '[\u0300-\u036f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]', '', 'g'), NFC)
$$;
