//! Tests of the update room.
