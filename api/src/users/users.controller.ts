import { Body, Controller, Get, Param, Patch, Query } from '@nestjs/common';
import { ApiBadRequestResponse, ApiNotFoundResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { OwnUser, Page, User } from '@parlance/contracts';
import { Caller, type Identity, SignedIn } from '../core/identity/index.js';
import { ObjectIdPipe } from '../core/validation/index.js';
import { DirectoryService } from './directory.service.js';
import { DirectoryQueryDto } from './dto/directory-query.dto.js';
import { UpdateProfileDto } from './dto/update-profile.dto.js';
import { OwnUserDto, UserDto, UserPageDto } from './dto/user.dto.js';
import { UsersService } from './users.service.js';

@ApiTags('users')
@SignedIn()
@Controller('users')
export class UsersController {
  constructor(
    private readonly users: UsersService,
    private readonly directory: DirectoryService,
  ) {}

  @Get('me')
  @ApiOperation({ summary: 'Own profile' })
  @ApiOkResponse({ type: OwnUserDto })
  me(@Caller() caller: Identity): Promise<OwnUser> {
    return this.users.ownUser(caller.userId);
  }

  @Patch('me')
  @ApiOperation({ summary: 'Change the own profile' })
  @ApiOkResponse({ type: OwnUserDto })
  @ApiBadRequestResponse({ description: 'validation-failed' })
  update(@Caller() caller: Identity, @Body() profile: UpdateProfileDto): Promise<OwnUser> {
    return this.users.updateProfile(caller.userId, profile);
  }

  @Get()
  @ApiOperation({ summary: 'Everybody else, by username' })
  @ApiOkResponse({ type: UserPageDto })
  @ApiBadRequestResponse({ description: 'validation-failed' })
  list(@Caller() caller: Identity, @Query() query: DirectoryQueryDto): Promise<Page<User>> {
    return this.directory.page(caller.userId, query);
  }

  @Get(':id')
  @ApiOperation({ summary: 'One person' })
  @ApiOkResponse({ type: UserDto })
  @ApiNotFoundResponse({ description: 'not-found' })
  get(@Param('id', ObjectIdPipe) id: string): Promise<User> {
    return this.users.get(id);
  }
}
