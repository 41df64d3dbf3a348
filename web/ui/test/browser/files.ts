import { deflateRawSync } from "node:zlib";

/** A table as counties send it: the first row names the columns. */
export type Table = readonly (readonly string[])[];

/** A table with commas, in UTF-8. */
export function csv(table: Table): Buffer {
  const cell = (text: string) => (/[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
  return Buffer.from(table.map((row) => `${row.map(cell).join(",")}\r\n`).join(""));
}

/** A workbook (XLSX) with all cells as text, a sheet for each table. */
export function workbook(sheets: Readonly<Record<string, Table>>): Buffer {
  const names = Object.keys(sheets);
  const office = "http://schemas.openxmlformats.org";
  const sheet = "application/vnd.openxmlformats-officedocument.spreadsheetml";
  const relation = (i: number, kind: string, target: string) =>
    `<Relationship Id="r${i}" Type="${office}/officeDocument/2006/relationships/${kind}" Target="${target}"/>`;
  const relations = (inner: string) =>
    `<Relationships xmlns="${office}/package/2006/relationships">${inner}</Relationships>`;
  const files: Record<string, string> = {
    "[Content_Types].xml": `<Types xmlns="${office}/package/2006/content-types">
      <Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>
      <Override PartName="/xl/workbook.xml" ContentType="${sheet}.sheet.main+xml"/>
      ${names.map((_, i) => `<Override PartName="/xl/sheet${i}.xml" ContentType="${sheet}.worksheet+xml"/>`).join("")}</Types>`,
    "_rels/.rels": relations(relation(0, "officeDocument", "xl/workbook.xml")),
    "xl/workbook.xml": `<workbook xmlns="${office}/spreadsheetml/2006/main" xmlns:r="${office}/officeDocument/2006/relationships"><sheets>
      ${names.map((name, i) => `<sheet name="${xml(name)}" sheetId="${i + 1}" r:id="r${i}"/>`).join("")}</sheets></workbook>`,
    "xl/_rels/workbook.xml.rels": relations(
      names.map((_, i) => relation(i, "worksheet", `sheet${i}.xml`)).join(""),
    ),
  };
  for (const [i, name] of names.entries()) {
    files[`xl/sheet${i}.xml`] =
      `<worksheet xmlns="${office}/spreadsheetml/2006/main"><sheetData>${sheets[name]
        ?.map(
          (row, r) =>
            `<row r="${r + 1}">${row.map((text, c) => `<c r="${letters(c)}${r + 1}" t="inlineStr"><is><t xml:space="preserve">${xml(text)}</t></is></c>`).join("")}</row>`,
        )
        .join("")}</sheetData></worksheet>`;
  }
  return zip(files);
}

function letters(column: number): string {
  const rest = String.fromCharCode(65 + (column % 26));
  return column < 26 ? rest : letters(Math.floor(column / 26) - 1) + rest;
}

function xml(text: string): string {
  return text.replace(/[<>&"]/g, (c) => `&#${c.charCodeAt(0)};`);
}

/** A zip file (APPNOTE 4.3) of texts. */
export function zip(files: Readonly<Record<string, string>>): Buffer {
  const parts: Buffer[] = [];
  const directory: Buffer[] = [];
  let at = 0;
  for (const [path, text] of Object.entries(files)) {
    const name = Buffer.from(path);
    const plain = Buffer.from(text);
    const packed = deflateRawSync(plain);
    const common = Buffer.alloc(26);
    common.writeUInt16LE(20, 0);
    common.writeUInt16LE(0x800, 2); // names in UTF-8
    common.writeUInt16LE(8, 4);
    common.writeUInt32LE(0x2100 << 16, 6);
    common.writeUInt32LE(crc(plain), 10);
    common.writeUInt32LE(packed.length, 14);
    common.writeUInt32LE(plain.length, 18);
    common.writeUInt16LE(name.length, 22);
    parts.push(Buffer.from("PK\x03\x04"), common, name, packed);
    const rest = Buffer.alloc(14);
    rest.writeUInt32LE(at, 10);
    directory.push(Buffer.from("PK\x01\x02\x14\x00"), common, rest, name);
    at += 4 + common.length + name.length + packed.length;
  }
  const index = Buffer.concat(directory);
  const count = Object.keys(files).length;
  const end = Buffer.alloc(22);
  end.write("PK\x05\x06");
  end.writeUInt16LE(count, 8);
  end.writeUInt16LE(count, 10);
  end.writeUInt32LE(index.length, 12);
  end.writeUInt32LE(at, 16);
  return Buffer.concat([...parts, index, end]);
}

function crc(bytes: Buffer): number {
  let sum = 0xffffffff;
  for (const byte of bytes) {
    sum ^= byte;
    for (let i = 0; i < 8; i++) sum = (sum >>> 1) ^ (sum & 1 ? 0xedb88320 : 0);
  }
  return ~sum >>> 0;
}
