//! Rows to the arrays of a set-based statement.

/// Bind one array for each column: `columns!(query, rows, row => { row.a, row.b })`.
macro_rules! columns {
    ($query:expr, $rows:expr, $row:ident => { $($column:expr),+ $(,)? }) => {{
        let query = $query;
        $(let query = query.bind($rows.iter().map(|$row| $column).collect::<Vec<_>>());)+
        query
    }};
}
