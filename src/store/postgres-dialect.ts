/** @module Postgres as kysely speaks it, with types of columns as the migrations name them. */
import { DataTypeNode, PostgresDialect, PostgresQueryCompiler, type ColumnDefinitionNode, type QueryCompiler } from 'kysely';

/** Types that are called otherwise. Text is ordered by its characters, wherever the server stands. */
const TYPES: Readonly<Record<string, string>> = { text: 'text collate "C"', blob: 'bytea' };

class StoreCompiler extends PostgresQueryCompiler {
  protected override visitColumnDefinition(node: ColumnDefinitionNode): void {
    if (!node.autoIncrement) return super.visitColumnDefinition(node);
    super.visitColumnDefinition({ ...node, autoIncrement: false, dataType: DataTypeNode.create('bigserial') });
  }

  protected override visitDataType(node: DataTypeNode): void {
    this.append(TYPES[node.dataType] ?? node.dataType);
  }
}

export class StorePostgresDialect extends PostgresDialect {
  override createQueryCompiler(): QueryCompiler {
    return new StoreCompiler();
  }
}
