"use strict";
// The page's data: `meta` describes, `arrays` holds the columns as typed arrays over one block of bytes.
const byId = id => document.getElementById(id);
const meta = JSON.parse(byId("meta").textContent);
const arrays = (() => {
  const text = atob(byId("data").textContent.trim());
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i);
  const kinds = {f32: Float32Array, u32: Uint32Array, u16: Uint16Array, u8: Uint8Array};
  const result = {};
  for (const [name, part] of Object.entries(meta.arrays)) {
    result[name] = new kinds[part.type](bytes.buffer, part.offset, part.length);
  }
  return result;
})();
const columns = meta.columns.map((column, index) => {
  const codes = arrays["column" + index];
  return {...column, codes, index, absent: codes instanceof Uint16Array ? 0xFFFF : 0xFFFFFFFF};
});
const columnNamed = name => columns.find(column => column.name === name);
const count = arrays.mean.length;
const runId = run => Array.from(arrays.run_id.subarray(5 * run, 5 * run + 5), byte => byte.toString(16).padStart(2, "0")).join("");
const isAbsent = (column, row) => column.codes[row] === column.absent;
const labelOf = (column, row) => isAbsent(column, row) ? "–" : column.labels[column.codes[row]];

// Numbers as the terminal writes them: scientific below 1e-4 and from 1e7, after rounding.
const exponentOf = (value, digits) => Number(value.toExponential(digits - 1).split("e")[1]);
const scientific = (value, digits) => value.toExponential(digits - 1).replace(/e([+-])(\d)$/, "e$10$2");
const isPlain = (value, digits) => value === 0 || (exponentOf(value, digits) >= -4 && exponentOf(value, digits) < 7);
const significant = (value, digits = 5) => {
  if (Number.isNaN(value)) return "–";
  if (!Number.isFinite(value)) return value > 0 ? "∞" : "−∞";
  if (value === 0) return "0";
  return isPlain(value, digits) ? value.toFixed(Math.max(0, digits - 1 - exponentOf(value, digits))) : scientific(value, digits);
};
// Three significant digits, and more where they would be further apart than a quarter of the interval.
const intervalText = (lower, upper) => {
  const exponent = Math.floor(Math.log10(Math.max(Math.abs(lower), Math.abs(upper))));
  let digits = 3;
  while (digits < 7 && upper > lower && 10 ** (exponent - digits + 1) > (upper - lower) / 4) digits += 1;
  return `${significant(lower, digits)} to ${significant(upper, digits)}`;
};
const measurement = (mean, error) => {
  if (!Number.isFinite(mean) || !Number.isFinite(error) || error <= 0) return significant(mean);
  if (!isPlain(mean, 5) || !isPlain(error, 2)) return `${significant(mean)} ± ${scientific(error, 2)}`;
  const decimals = Math.max(0, 1 - exponentOf(error, 2));
  return `${mean.toFixed(decimals)} ± ${error.toFixed(decimals)}`;
};

// Row numbers in the order of `keys`, NaN and absent values last: each key and its row in one double, sorted natively.
const orderBy = (keys, descending, absent) => {
  const float = new Float32Array(1), bits = new Uint32Array(float.buffer);
  const packed = new Float64Array(keys.length);
  for (let row = 0; row < keys.length; row++) {
    const value = keys[row];
    let key = 0xFFFFFFFF;
    if (value !== absent && !Number.isNaN(value)) {
      float[0] = value;
      key = bits[0] & 0x80000000 ? ~bits[0] >>> 0 : (bits[0] | 0x80000000) >>> 0;
      if (descending) key = 0xFFFFFFFE - key;
    }
    packed[row] = key * 0x100000 + row;
  }
  packed.sort();
  const rows = new Uint32Array(keys.length);
  for (let index = 0; index < rows.length; index++) rows[index] = packed[index] % 0x100000;
  return rows;
};

// The same for a column's codes, by counting them.
const orderByCode = (column, descending) => {
  const {codes, absent} = column, last = column.labels.length;
  const slot = code => code === absent ? last : descending ? last - 1 - code : code;
  const starts = new Uint32Array(last + 2), rows = new Uint32Array(codes.length);
  for (let row = 0; row < codes.length; row++) starts[slot(codes[row]) + 1]++;
  for (let code = 0; code < last; code++) starts[code + 1] += starts[code];
  for (let row = 0; row < codes.length; row++) rows[starts[slot(codes[row])]++] = row;
  return rows;
};

// What is shown: rows in the order of the ranking that pass the filters, and the same in the order of the table.
const view = {mask: new Uint8Array(count).fill(1), shown: count, sort: {key: "rank", descending: false}, order: null, page: 0, picked: new Set()};
const filters = new Map();
const applyFilters = () => {
  view.mask.fill(1);
  for (const [column, filter] of filters) {
    const passes = column.labels.map((label, code) => filter.code !== undefined ? code === filter.code
      : column.numbers[code] >= filter.low && column.numbers[code] <= filter.high);
    const codes = column.codes;
    for (let row = 0; row < count; row++) if (codes[row] === column.absent || !passes[codes[row]]) view.mask[row] = 0;
  }
  view.shown = 0;
  for (let row = 0; row < count; row++) view.shown += view.mask[row];
};
const ranks = Float32Array.from({length: count}, (_, row) => row);
const sortKeys = key => key === "rank" ? ranks : typeof key === "number" ? columns[key].codes : arrays[key];
const applySort = () => {
  const {key, descending} = view.sort, column = columns[key];
  view.order = column && column.labels.length < 0xFFFF ? orderByCode(column, descending) : orderBy(sortKeys(key), descending, column?.absent);
};
const element = (name, attributes = {}, ...children) => {
  const node = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (key.startsWith("on")) node.addEventListener(key.slice(2), value); else node.setAttribute(key, value);
  }
  node.append(...children);
  return node;
};
