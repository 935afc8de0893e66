//! Tests of the crawl room.
